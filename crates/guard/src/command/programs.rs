//! What is known of programs, all of it, in one table. A program that is not in here is unknown, and unknown is high.
//!
//! A row holds names, what their programs do, and the options that make them more harmful. How a row is read stands in
//! `judge.rs`; programs whose words are a language of their own have their code in `own.rs`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::kinds::{Kind, Program, Subs, WRAP, Wrap, but, danger, row};
use super::own;
use super::reading::NETWORK;
use crate::act::Risk::{Critical, High, Low, Medium};

const ASKS: &str = "";
const CHANGES: &str = "changes files";
const OVERWRITES: &str = "writes over files";
const MAKES: &str = "makes files";
const SYSTEM: &str = "changes the system";
const OTHER_USER: &str = "runs a program as somebody else";
const RUNS: &str = "runs another program";
const SCRIPT: &str = "runs a script";
const LATER: &str = "runs something later";
const INSTALLS: &str = "installs or removes programs";
const DESTROYS: &str = "destroys what is on a disk";
const DISTURBS: &str = "changes what others see";
const SEES: &str = "shows something that a person has to answer";

/// The table.
static TABLE: &[Program] = &[
    // Of the shell itself.
    row(
        ": true false echo pwd exit return break continue shift times wait caller logout getopts umask ulimit fg bg disown",
        Kind::Prints,
    ),
    row("cd pushd popd dirs", Kind::Prints),
    but("jobs", Kind::Prints, &[danger(&["-x"], Critical, RUNS)]),
    row("type help", Kind::Prints),
    but(
        "set shopt",
        Kind::Does(Medium, "changes how the shell reads"),
        &[danger(&["-k", "-a"], Critical, "changes how programs are found and run")],
    ),
    row("suspend", Kind::Does(High, "stops the shell")),
    row("test [ printf", Kind::Own(own::names)),
    row("read mapfile readarray", Kind::Own(own::takes)),
    row("let", Kind::Own(own::reckon)),
    row("eval", Kind::Own(own::eval)),
    row("trap", Kind::Own(own::trap)),
    row("source .", Kind::Own(own::source)),
    row("command", Kind::Own(own::command)),
    row("builtin", Kind::Wraps(Wrap { ..WRAP })),
    row("exec", Kind::Own(own::exec)),
    row(
        "alias hash enable bind complete compopt compgen declare typeset export readonly local unset fc history unalias coproc",
        Kind::Does(Critical, "changes what names mean"),
    ),
    // They print what is so.
    row(
        "seq yes sleep usleep basename dirname nproc arch uname tty whoami groups id logname users w who last lastb uptime free factor numfmt expr tput clear cal ncal",
        Kind::Prints,
    ),
    row(
        "lscpu lspci lsusb lsblk lsmod lsns lsirq lslocks lsmem sensors acpi pidof pgrep pstree vmstat iostat mpstat which whereis locale getconf printenv fc-list fc-match neofetch fastfetch",
        Kind::Prints,
    ),
    but("ps", Kind::Prints, &[]),
    but("top htop btop", Kind::Does(Medium, SEES), &[]),
    but("date", Kind::Own(own::sets_when_told), &[danger(&["-s", "--set"], High, SYSTEM)]),
    but(
        "hostname domainname",
        Kind::Own(own::sets_when_told),
        &[danger(&["-F", "--file", "-b"], High, SYSTEM)],
    ),
    but(
        "dmesg",
        Kind::Prints,
        &[danger(
            &[
                "-c",
                "-C",
                "-D",
                "-E",
                "-n",
                "--clear",
                "--read-clear",
                "--console-off",
                "--console-on",
                "--console-level",
            ],
            High,
            SYSTEM,
        )],
    ),
    but(
        "journalctl",
        Kind::Prints,
        &[danger(
            &[
                "--cursor-file",
                "--vacuum-size",
                "--vacuum-time",
                "--vacuum-files",
                "--rotate",
                "--flush",
                "--setup-keys",
                "--update-catalog",
                "--sync",
                "--relinquish-var",
            ],
            High,
            SYSTEM,
        )],
    ),
    // They read files.
    row(
        "cat head tail wc cut tr nl tac rev fold fmt expand unexpand paste join comm cmp md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum cksum sum base32 base64 basenc od hexdump strings stat ls dir vdir du df realpath readlink locate pr tsort jq column look colrm zcat bzcat xzcat zstdcat lz4cat egrep fgrep grep lsattr getfacl tailf pathchk getent lsof namei findmnt",
        Kind::Reads,
    ),
    but(
        "sort",
        Kind::Reads,
        &[danger(&["-o", "--output"], High, OVERWRITES), danger(&["--compress-program"], Critical, RUNS)],
    ),
    but("shuf", Kind::Reads, &[danger(&["-o", "--output"], High, OVERWRITES)]),
    but("iconv", Kind::Reads, &[danger(&["-o", "--output"], High, OVERWRITES)]),
    but("tree", Kind::Reads, &[danger(&["-o", "-R"], High, OVERWRITES)]),
    but("diff diff3 sdiff", Kind::Reads, &[danger(&["-o", "--output", "--diff-program"], Critical, RUNS)]),
    but(
        "file",
        Kind::Reads,
        &[danger(&["-C", "--compile", "-m", "--magic-file", "-z", "-Z", "-S"], High, OVERWRITES)],
    ),
    but("rg", Kind::Reads, &[danger(&["--pre", "--hostname-bin", "-z", "--search-zip"], Critical, RUNS)]),
    but("fd fdfind", Kind::Reads, &[danger(&["-x", "-X", "--exec", "--exec-batch"], Critical, RUNS)]),
    but("ag ack", Kind::Reads, &[danger(&["--pager", "--output"], Critical, RUNS)]),
    but("bc", Kind::Reads, &[]),
    but("yq", Kind::Reads, &[danger(&["-i", "--inplace", "--in-place", "-s", "--split-exp"], High, CHANGES)]),
    but(
        "less more most man info",
        Kind::Does(Medium, SEES),
        &[danger(
            &["-o", "-O", "-P", "-H", "-k", "--log-file", "--LOG-FILE", "--pager", "--html"],
            High,
            RUNS,
        )],
    ),
    row("uniq xxd", Kind::Own(own::second_is_written)),
    row("find", Kind::Own(own::find)),
    row("sed gsed", Kind::Own(own::sed)),
    row("awk gawk mawk nawk original-awk", Kind::Own(own::awk)),
    row("tar gtar bsdtar", Kind::Own(own::tar)),
    // They make and change files.
    row("mkdir touch mkfifo mktemp", Kind::Writes(Medium, MAKES)),
    row("mknod", Kind::Writes(Critical, "makes a device")),
    but(
        "cp",
        Kind::WritesLast(Medium, OVERWRITES),
        &[danger(&["-t", "--target-directory", "--remove-destination"], High, OVERWRITES)],
    ),
    row("mv", Kind::Writes(Medium, "moves files, perhaps over others")),
    but(
        "ln link",
        Kind::WritesLast(Medium, "makes links"),
        &[danger(&["-f", "--force", "-t", "--target-directory"], High, OVERWRITES)],
    ),
    row("install", Kind::WritesLast(High, OVERWRITES)),
    row("rm", Kind::Own(own::remove)),
    row("rmdir unlink", Kind::Writes(High, "removes files")),
    row("trash trash-put gio", Kind::Writes(Medium, "moves files to the trash")),
    row("shred wipe srm", Kind::Writes(Critical, DESTROYS)),
    row("truncate fallocate", Kind::Writes(High, "cuts files")),
    row("tee sponge", Kind::Own(own::tee)),
    row("dd ddrescue", Kind::Own(own::dd)),
    row("chmod chown chgrp setfacl chattr chcon setcap", Kind::Own(own::rights)),
    row(
        "gzip gunzip bzip2 bunzip2 xz unxz zstd unzstd lz4 compress uncompress",
        Kind::Writes(Medium, "replaces files by packed ones"),
    ),
    row("zip unzip 7z 7za 7zr rar unrar cpio ar", Kind::Writes(High, "packs or unpacks files")),
    row("split csplit patch ed ex", Kind::Writes(High, CHANGES)),
    row(
        "convert magick mogrify ffmpeg sox pandoc libreoffice soffice gs pdftotext pdftk qpdf exiftool inkscape",
        Kind::Writes(High, OVERWRITES),
    ),
    row(
        "vi vim nvim view vimdiff nano emacs pico joe micro code gedit kate",
        Kind::Does(High, "opens an editor, which may run programs"),
    ),
    // They end, stop, disturb.
    row("kill pkill killall skill killall5 xkill", Kind::Own(own::kill)),
    row("renice", Kind::Does(Medium, "changes what is preferred")),
    row("wall write mesg notify-send xmessage zenity kdialog dialog whiptail", Kind::Does(Medium, DISTURBS)),
    row(
        "xdotool ydotool wtype xte xinput setxkbmap xmodmap xset xrandr xsetroot xprop wmctrl",
        Kind::Does(High, "acts in the person's place"),
    ),
    row("xclip xsel wl-copy wl-paste pbcopy pbpaste", Kind::Does(High, "uses the clipboard")),
    row(
        "import scrot grim flameshot gnome-screenshot maim ffplay arecord parecord",
        Kind::Does(High, "sees or hears what is on the machine"),
    ),
    row(
        "xdg-open open gnome-open kde-open sensible-browser firefox chromium google-chrome",
        Kind::Reaches(High),
    ),
    row(
        "amixer pactl pacmd wpctl playerctl brightnessctl light",
        Kind::Does(Medium, "changes sound or brightness"),
    ),
    row(
        "gsettings dconf kwriteconfig5 xdg-mime xdg-settings update-alternatives dbus-send busctl qdbus gdbus",
        Kind::Does(Critical, SYSTEM),
    ),
    row(
        "secret-tool pass gpg gpg2 ssh-keygen ssh-add ssh-agent openssl age keyctl kwallet-query",
        Kind::Does(Critical, "handles keys and passwords"),
    ),
    // Disks and the system.
    row(
        "mkfs mke2fs mkswap fdisk sfdisk cfdisk gdisk sgdisk parted wipefs blkdiscard hdparm nvme badblocks fsck e2fsck tune2fs resize2fs cryptsetup pvcreate vgremove lvremove mdadm zpool zfs btrfs debugfs sgdisk swapon swapoff losetup",
        Kind::Does(Critical, DESTROYS),
    ),
    row(
        "mkfs.ext2 mkfs.ext3 mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.vfat mkfs.fat mkfs.ntfs mkfs.f2fs mkfs.exfat mkdosfs",
        Kind::Does(Critical, DESTROYS),
    ),
    row("mount umount fusermount fusermount3 udisksctl eject pivot_root", Kind::Does(Critical, SYSTEM)),
    row("shutdown reboot poweroff halt init telinit kexec", Kind::Does(Critical, "switches the machine off")),
    row(
        "useradd userdel usermod groupadd groupdel groupmod adduser deluser addgroup passwd chpasswd chsh chfn visudo vipw newgrp gpasswd pam-auth-update",
        Kind::Does(Critical, "changes who may use the machine"),
    ),
    row(
        "insmod rmmod modprobe depmod sysctl iptables ip6tables nft ufw firewall-cmd ifconfig ifup ifdown iwconfig route brctl tc ethtool rfkill setenforce aa-teardown apparmor_parser hwclock grub-install update-grub efibootmgr dpkg-reconfigure ldconfig loginctl setterm stty",
        Kind::Does(Critical, SYSTEM),
    ),
    row("crontab at batch atrm anacron", Kind::Does(Critical, LATER)),
    row(
        "systemctl",
        Kind::Verbs(Subs {
            flags: &[
                "--user",
                "--system",
                "--no-pager",
                "--all",
                "-a",
                "-l",
                "--full",
                "--failed",
                "--type",
                "-q",
                "--quiet",
            ],
            valued: &["-t", "-n"],
            verbs: &[
                (
                    "status show is-active is-enabled is-failed list-units list-unit-files list-timers list-sockets list-dependencies cat get-default",
                    Low,
                    ASKS,
                ),
                (
                    "poweroff reboot halt suspend hibernate kexec rescue emergency",
                    Critical,
                    "switches the machine off",
                ),
                (
                    "start stop restart reload enable disable mask unmask edit set-property daemon-reload link kill isolate set-default revert add-wants preset import-environment set-environment",
                    Critical,
                    SYSTEM,
                ),
            ],
            alone: Low,
        }),
    ),
    row(
        "timedatectl hostnamectl localectl",
        Kind::Verbs(Subs {
            flags: &["--no-pager"],
            valued: &[],
            verbs: &[("status show list-timezones list-locales timesync-status", Low, ASKS)],
            alone: Low,
        }),
    ),
    row("service invoke-rc.d rc-service", Kind::Does(Critical, SYSTEM)),
    row(
        "nvidia-smi",
        Kind::Verbs(Subs {
            flags: &["-L", "-q", "--query-gpu", "--format"],
            valued: &[],
            verbs: &[],
            alone: Low,
        }),
    ),
    // They reach the network.
    row("ping ping6 dig host nslookup whois traceroute tracepath mtr", Kind::Reaches(High)),
    row(
        "curl wget aria2c axel http https xh httpie lynx links w3m elinks youtube-dl yt-dlp gallery-dl",
        Kind::Reaches(High),
    ),
    row(
        "nc ncat netcat socat telnet ftp sftp tftp lftp ssh-copy-id rlogin rsh rcp mosh autossh sshfs smbclient nmap masscan tcpdump tshark wireshark mail mailx sendmail mutt msmtp swaks openvpn wg wg-quick tor ngrok cloudflared croc magic-wormhole wormhole rclone s3cmd aws gcloud az kubectl helm terraform gh glab hub heroku vercel psql mysql redis-cli mongo mongosh sqlcmd ldapsearch",
        Kind::Reaches(Critical),
    ),
    but(
        "ss netstat arp",
        Kind::Prints,
        &[danger(&["-K", "--kill", "-d", "-s", "--set", "--delete", "-F", "--filter"], High, SYSTEM)],
    ),
    row(
        "ip",
        Kind::Verbs(Subs {
            flags: &["-4", "-6", "-br", "-brief", "-c", "-color", "-j", "-json", "-s"],
            valued: &[],
            verbs: &[(
                "a addr address l link r route n neigh maddr rule",
                Medium,
                "shows or changes the network",
            )],
            alone: Low,
        }),
    ),
    row("nmcli bluetoothctl iw", Kind::Does(High, SYSTEM)),
    row("ssh", Kind::Own(own::ssh)),
    but(
        "rsync",
        Kind::Own(own::copies_between),
        &[danger(
            &[
                "-e",
                "--rsh",
                "--rsync-path",
                "--delete",
                "--remove-source-files",
                "-M",
                "--daemon",
                "--files-from",
            ],
            Critical,
            RUNS,
        )],
    ),
    but("scp", Kind::Own(own::copies_between), &[danger(&["-o", "-S", "-F", "-J", "-D"], Critical, RUNS)]),
    // They install.
    row(
        "apt apt-get aptitude dpkg snap flatpak dnf yum rpm zypper pacman yay paru apk emerge nix nix-env nix-shell guix brew port choco winget",
        Kind::Does(Critical, INSTALLS),
    ),
    row("apt-cache dpkg-query", Kind::Prints),
    row(
        "pip pip3 pipx uv uvx poetry conda mamba npm npx pnpm yarn bun bunx deno gem bundle cargo rustup go composer cabal stack luarocks cpan cpanm opam mix",
        Kind::Does(High, NETWORK),
    ),
    row(
        "docker podman nerdctl buildah lxc lxd incus vagrant virsh qemu-system-x86_64 machinectl systemd-nspawn distrobox toolbox",
        Kind::Does(Critical, "starts a machine of its own"),
    ),
    but(
        "git",
        Kind::Verbs(Subs {
            flags: &[
                "--no-pager",
                "-P",
                "--no-optional-locks",
                "--bare",
                "--literal-pathspecs",
                "--version",
                "--help",
            ],
            valued: &["-C"],
            verbs: &[
                (
                    "status log diff show rev-parse rev-list describe blame ls-files ls-tree cat-file shortlog name-rev merge-base show-ref for-each-ref count-objects diff-tree whatchanged version help grep check-ignore var reflog",
                    Low,
                    ASKS,
                ),
                ("branch tag add stash notes init worktree mv", Medium, "changes a repository"),
                (
                    "commit merge checkout switch restore reset revert rebase cherry-pick rm am apply gc prune sparse-checkout format-patch archive bundle",
                    High,
                    "changes a repository, and runs its hooks",
                ),
                ("clean", Critical, "removes files"),
                (
                    "clone fetch pull push ls-remote remote submodule send-email request-pull svn",
                    High,
                    NETWORK,
                ),
                (
                    "config bisect filter-branch filter-repo difftool mergetool daemon instaweb credential update-index update-ref replace hook maintenance fsmonitor--daemon",
                    Critical,
                    "may have git run programs",
                ),
            ],
            alone: Low,
        }),
        &[
            danger(
                &[
                    "-c",
                    "--config-env",
                    "--exec-path",
                    "--git-dir",
                    "--work-tree",
                    "--upload-pack",
                    "--receive-pack",
                    "--exec",
                    "--template",
                    "--config",
                    "--ext-diff",
                    "--textconv",
                ],
                Critical,
                "may have git run programs",
            ),
            danger(&["-O", "--open-files-in-pager"], Critical, "may have git run programs"),
            danger(
                &["--output", "-f", "--force", "--hard", "--mirror", "-D", "--delete"],
                High,
                "writes over what is there",
            ),
        ],
    ),
    // They run scripts.
    row("sh bash dash ash rbash zsh ksh mksh", Kind::Own(own::shell)),
    row(
        "fish csh tcsh nu elvish xonsh pwsh powershell cmd.exe",
        Kind::Does(Critical, "runs another kind of shell"),
    ),
    row(
        "python python2 python3 pypy pypy3 perl ruby node nodejs php lua luajit tclsh wish Rscript R julia ghci osascript guile racket irb ipython gjs swift scala groovy java jshell erl elixir iex octave sqlite3 gdb lldb",
        Kind::Own(own::interpreter),
    ),
    row("python3.9 python3.10 python3.11 python3.12 python3.13 python3.14", Kind::Own(own::interpreter)),
    row(
        "make gmake ninja cmake meson gradle gradlew mvn ant rake just task tox pytest nox bazel buck scons gcc g++ cc clang clang++ rustc ld as javac ghc tsc",
        Kind::Does(High, SCRIPT),
    ),
    row(
        "m4 dc expect script screen tmux dtach rlwrap entr parallel sem run-parts start-stop-daemon",
        Kind::Does(Critical, RUNS),
    ),
    // They run other programs.
    row(
        "sudo",
        Kind::Wraps(Wrap {
            risk: Critical,
            reason: OTHER_USER,
            flags: &["-n", "-E", "-H", "-S", "-k", "-b", "-v", "-l", "--non-interactive"],
            valued: &["-u", "-g", "-h", "-p", "-C", "-r", "-t", "-T", "-D", "-R", "--user", "--group"],
            assigns: true,
            ..WRAP
        }),
    ),
    row(
        "doas",
        Kind::Wraps(Wrap {
            risk: Critical,
            reason: OTHER_USER,
            flags: &["-n"],
            valued: &["-u", "-C"],
            ..WRAP
        }),
    ),
    row("su pkexec runuser gosu su-exec setpriv capsh sg run0", Kind::Does(Critical, OTHER_USER)),
    row(
        "chroot unshare nsenter systemd-run bwrap firejail proot fakeroot fakechroot prlimit taskset chrt",
        Kind::Does(Critical, "runs a program elsewhere"),
    ),
    row(
        "env",
        Kind::Wraps(Wrap {
            flags: &["-i", "-0", "-v", "--ignore-environment", "--null", "--debug"],
            valued: &["-u", "--unset", "-C", "--chdir"],
            assigns: true,
            ..WRAP
        }),
    ),
    row("nice", Kind::Wraps(Wrap { valued: &["-n", "--adjustment"], digits: true, ..WRAP })),
    row(
        "ionice",
        Kind::Wraps(Wrap { flags: &["-t"], valued: &["-c", "-n", "--class", "--classdata"], ..WRAP }),
    ),
    row("nohup", Kind::Wraps(Wrap { risk: Medium, reason: "goes on in the background", ..WRAP })),
    row(
        "setsid",
        Kind::Wraps(Wrap {
            risk: Medium,
            reason: "goes on in the background",
            flags: &["-f", "-w", "-c", "--fork", "--wait", "--ctty"],
            ..WRAP
        }),
    ),
    row(
        "stdbuf",
        Kind::Wraps(Wrap {
            valued: &["-i", "-o", "-e", "--input", "--output", "--error"],
            needs: true,
            ..WRAP
        }),
    ),
    row(
        "timeout",
        Kind::Wraps(Wrap {
            flags: &["--foreground", "--preserve-status", "-v", "--verbose"],
            valued: &["-k", "-s", "--kill-after", "--signal"],
            skip: 1,
            needs: true,
            ..WRAP
        }),
    ),
    row("time", Kind::Wraps(Wrap { flags: &["-p", "-v"], valued: &["-f", "--format"], ..WRAP })),
    row(
        "xargs",
        Kind::Wraps(Wrap {
            flags: &["-0", "-r", "-t", "-x", "--null", "--no-run-if-empty", "--verbose", "--exit"],
            valued: &[
                "-n",
                "-P",
                "-d",
                "-L",
                "-s",
                "-E",
                "--max-args",
                "--max-procs",
                "--delimiter",
                "--max-lines",
                "--max-chars",
            ],
            appends: true,
            ..WRAP
        }),
    ),
    row(
        "watch",
        Kind::Wraps(Wrap {
            flags: &["-d", "-t", "-b", "-e", "-g", "-c", "-p", "--no-title", "--color"],
            valued: &["-n", "--interval"],
            joins: true,
            needs: true,
            ..WRAP
        }),
    ),
    row(
        "strace ltrace",
        Kind::Wraps(Wrap {
            risk: Medium,
            reason: "looks into a program",
            flags: &["-f", "-ff", "-c", "-t", "-tt", "-T", "-y", "-C"],
            valued: &["-e", "-s", "-S"],
            needs: true,
            ..WRAP
        }),
    ),
    row(
        "flock",
        Kind::Wraps(Wrap {
            flags: &["-n", "-x", "-s", "-e", "-u", "-F", "-o", "--nonblock", "--exclusive", "--shared"],
            valued: &["-w", "-E", "--timeout"],
            skip: 1,
            ..WRAP
        }),
    ),
    row("busybox toybox", Kind::Own(own::busybox)),
];

/// What is known of a program.
pub(super) fn find(name: &str) -> Option<&'static Program> {
    static INDEX: LazyLock<HashMap<&str, &Program>> = LazyLock::new(|| {
        TABLE.iter().flat_map(|program| program.names.split(' ').map(move |name| (name, program))).collect()
    });
    INDEX.get(name).copied()
}

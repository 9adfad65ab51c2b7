//! What stands on the screens of the measure.

/// A shell's output.
pub const SHELL: &str = "\
ada@tower:~/garden$ ls -l
total 48
drwxr-xr-x 3 ada ada  4096 Apr  2 08:14 compost
-rw-r----- 1 ada ada 20733 Mar 29 21:50 seedlings.csv
-rwxr-xr-x 1 ada ada   612 Jan 17 12:05 water.sh
ada@tower:~/garden$ ping -c 2 192.168.178.43
64 bytes from 192.168.178.43: icmp_seq=1 ttl=64 time=0.371 ms
64 bytes from 192.168.178.43: icmp_seq=2 ttl=64 time=0.402 ms
ada@tower:~/garden$ df -h /home
/dev/sda2       458G  317G  118G  73% /home";

/// A log of failures.
pub const LOG: &str = "\
2031-08-17 06:12:44 INFO  worker 7 picked up job 55821
2031-08-17 06:12:45 WARN  retrying upload, attempt 2 of 5
2031-08-17 06:12:49 ERROR connection reset by peer (os error 104)
2031-08-17 06:12:49 INFO  job 55821 put back, queue length 13
Caused by: could not resolve host \"mirror-03.example.net\"
   at Pool.acquire (lib/pool.js:88:19)
   at async Worker.run (lib/worker.js:142:5)";

/// Source text.
pub const CODE: &str = "\
def nearest(points, target, limit=25):
    best, found = None, float(\"inf\")
    for index, (x, y) in enumerate(points[:limit]):
        gap = (x - target[0]) ** 2 + (y - target[1]) ** 2
        if gap < found and not math.isnan(gap):
            best, found = index, gap
    return best if best is not None else -1";

/// A letter.
pub const LETTER: &str = "\
Dear Marguerite,
thank you for the parcel, which arrived on Saturday morning.
The jam has survived the journey; the jar, sadly, has not.
We shall be in Exeter from 8 to 21 June, and would love to
see you and Paul. Could you bring the blue folder, please?
Our telephone number is still 01392 496 0157.
With kind regards, Hubert";

/// Settings of a program.
pub const SETTINGS: &str = "\
Appearance    Notifications    Privacy    Shortcuts
Use the dark theme after sunset
Show a warning when fewer than 20% of the battery are left
Synchronise bookmarks every 15 minutes
Maximum size of the cache: 750 MB
Ask before closing several tabs
Restore defaults    Apply    Close";

/// A table of numbers.
pub const TABLE: &str = "\
Quarter  Units  Revenue  Change
2029 Q1  1,406  38,962.75  +4.1%
2029 Q2  1,587  43,180.20  +12.9%
2029 Q3  1,233  33,904.60  -22.3%
2029 Q4  1,898  51,077.35  +53.9%";

/// German, with its letters.
pub const GERMAN: &str = "\
Für größere Änderungen müssen Sie sich zuerst anmelden.
Der Zug nach Köln fährt heute außerplanmäßig von Gleis 12.
Möchten Sie die Übertragung wirklich abbrechen?
Straßenverzeichnis, Öffnungszeiten und Preise ab 3,50 Euro";

/// A page of the web.
pub const ARTICLE: &str = "\
How lighthouses were automated
Between 1968 and 1998 every lighthouse on this coast lost its keeper.
A relay, a lamp changer and a telephone line did the work of three men.
Most of the towers are still lit; some have become guest houses, and
two of them, at Orfordness and Happisburgh, had to be given up.
Read more    Share    12 comments";

/// A question.
pub const QUESTION: &str = "\
The budget of 2031 has changed since it was opened.
14 old entries, worth 2,350.80 EUR, are not in it any more.
Do you want to keep them?";

/// What a program has to say.
pub const NEWS: &str = "\
Version 9.4.2 has been installed, together with 37 other packages.
Some of them are used only after the computer was restarted.
Your documents are saved first, as far as their programs allow it.";

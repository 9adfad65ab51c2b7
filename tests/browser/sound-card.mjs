// A virtual sound card, so that a Jarvis in a picture has ears and a mouth on a machine that has none. The Rust tests have
// one of their own (`crates/testkit`), which can be unplugged.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SERVER = `load-module module-native-protocol-unix auth-anonymous=1
load-module module-null-sink sink_name=microphone_in rate=48000 norewinds=1
load-module module-null-sink sink_name=speaker rate=48000 norewinds=1 sink_properties=device.description=Speaker
load-module module-remap-source master=microphone_in.monitor source_name=microphone source_properties=device.description=Microphone
`;
const ALSA = `pcm.card {
    type asym
    playback.pcm { type pulse device speaker }
    capture.pcm { type pulse device microphone }
    hint { show on description "Desk microphone and speaker" }
}
pcm.!default pcm.card
ctl.!default { type pulse }
`;

/** What a program needs in its environment to have that card and no other, and the end of it. */
export function soundCard() {
    const folder = mkdtempSync(join(tmpdir(), "sound-"));
    writeFileSync(join(folder, "pulse.pa"), SERVER);
    writeFileSync(join(folder, "asound.conf"), ALSA);
    const env = {
        XDG_RUNTIME_DIR: folder,
        PULSE_RUNTIME_PATH: join(folder, "pulse"),
        PULSE_STATE_PATH: join(folder, "state"),
        PULSE_COOKIE: join(folder, "cookie"),
        PULSE_SERVER: `unix:${join(folder, "pulse/native")}`,
        ALSA_CONFIG_PATH: join(folder, "asound.conf"),
    };
    const pulse = (...args) =>
        spawnSync("pulseaudio", args, { env: { ...process.env, ...env, HOME: folder }, stdio: "ignore" });
    // It returns when it takes connections.
    const start = ["-n", "--exit-idle-time=-1", "--daemonize=yes", "--log-target=null"];
    const { status } = pulse(...start, "-F", join(folder, "pulse.pa"));
    assert.equal(status, 0, "pulseaudio does not start; install pulseaudio and libasound2-plugins");
    return {
        env,
        end() {
            pulse("--kill");
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

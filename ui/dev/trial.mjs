/** A microphone on trial: somebody speaks into it now and then, and says the wake word every few seconds. */
export class Trial {
    #bus;
    #timer = null;

    constructor(bus) {
        this.#bus = bus;
    }

    begin(what) {
        this.end();
        let tick = 0;
        this.#timer = setInterval(() => {
            tick += 1;
            const speaking = tick % 25 < 12;
            this.#bus.publish("level", { rms_dbfs: (speaking ? -30 : -56) + Math.random() * 10 });
            if (what === "wake" && tick % 25 === 12) {
                this.#bus.publish("wake_detected", {
                    score: 0.72 + Math.random() * 0.25,
                    position_ms: tick * 100,
                });
            }
            if (tick === 600) this.end();
        }, 100);
    }

    end() {
        if (!this.#timer) return;
        clearInterval(this.#timer);
        this.#timer = null;
        this.#bus.publish("trial_ended");
    }
}

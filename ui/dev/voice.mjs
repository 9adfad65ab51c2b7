const QUESTION = "What is the weather going to be like tomorrow";

/** A voice that hears the same question whenever the button is held. */
export class Voice {
    #bus;
    #talk;
    #muted = false;
    #state = "idle";
    #timer = null;
    #words = 0;
    #conversation = null;

    constructor(bus, talk) {
        this.#bus = bus;
        this.#talk = talk;
    }

    state() {
        const voice = { available: true, state: this.#state, muted: this.#muted, problem: null };
        return { version: "0.0.0-stand-in", voice, model: "stand-in/none", conversation: this.#conversation };
    }

    mute(muted) {
        this.#muted = muted;
        this.#bus.publish("mute_changed", { muted });
    }

    talk(pressed) {
        if (!pressed) return this.#finish();
        this.#to("listening");
        this.#words = 0;
        this.#timer = setInterval(() => {
            this.#bus.publish("level", { rms_dbfs: -50 + Math.random() * 35 });
            this.#words += 0.4;
            const text = QUESTION.split(" ").slice(0, Math.floor(this.#words)).join(" ");
            if (text) this.#bus.publish("partial_transcript", { text });
        }, 100);
    }

    stop() {
        clearInterval(this.#timer);
        this.#to("idle");
    }

    #finish() {
        clearInterval(this.#timer);
        if (this.#state !== "listening") return;
        this.#conversation ??= this.#talk.create().id;
        const conversation = this.#talk.find(this.#conversation);
        const { turn } = this.#talk.ask(conversation, { content: `${QUESTION}?` }, true);
        this.#bus.publish("transcript", {
            turn,
            conversation: conversation.id,
            text: `${QUESTION}?`,
            language: "en",
        });
        this.#state = "idle";
    }

    #to(state) {
        this.#state = state;
        this.#bus.publish("state_changed", { state });
    }
}

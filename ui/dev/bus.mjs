/** The event stream: numbered, kept for a while, told again to whoever comes back. */
export class Bus {
    #seq = 0;
    #kept = [];
    #followers = new Set();
    #started = Date.now();

    publish(type, fields = {}) {
        const event = { seq: ++this.#seq, at_ms: Date.now() - this.#started, type, ...fields };
        this.#kept.push(event);
        if (this.#kept.length > 5_000) this.#kept.shift();
        for (const response of this.#followers) write(response, event);
    }

    follow(request, response) {
        response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
        response.write(": here\n\n");
        const seen = request.headers["last-event-id"];
        if (seen !== undefined) {
            const first = this.#kept[0]?.seq ?? this.#seq + 1;
            const whole = Number(seen) <= this.#seq && Number(seen) >= first - 1;
            if (!whole) response.write('data: {"type":"missed"}\n\n');
            else for (const event of this.#kept) if (event.seq > Number(seen)) write(response, event);
        }
        const alive = setInterval(() => response.write(": alive\n\n"), 15_000);
        this.#followers.add(response);
        response.on("close", () => {
            clearInterval(alive);
            this.#followers.delete(response);
        });
    }
}

function write(response, event) {
    response.write(`id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`);
}

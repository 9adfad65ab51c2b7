import { randomUUID } from "node:crypto";

const IMAGES = {
    png: "image/png",
    jpg: "image/jpeg",
    jpeg: "image/jpeg",
    webp: "image/webp",
    gif: "image/gif",
};
const LARGEST = 20 * 1024 * 1024;

/** Pictures and texts that were sent; what they are goes by the ending of their names here. */
export class Attachments {
    #all = new Map();

    add(name, bytes) {
        const ending = name.split(".").at(-1).toLowerCase();
        if (bytes.length > LARGEST) {
            return refused(413, "too_large", "The file is too large.", "Send at most 20 MiB at once.");
        }
        const text = !bytes.includes(0);
        if (!IMAGES[ending] && !text) {
            return refused(
                415,
                "unsupported",
                "This kind of file is not taken.",
                "Attach a picture (PNG, JPEG, WebP, GIF) or a text in UTF-8.",
            );
        }
        const one = {
            id: randomUUID(),
            name,
            media_type: IMAGES[ending] ?? "text/plain",
            size_bytes: bytes.length,
        };
        this.#all.set(one.id, { one, bytes });
        return { status: 201, body: one };
    }

    named(ids = []) {
        return ids.map((id) => this.#all.get(id)?.one).filter(Boolean);
    }

    answer(id) {
        const { one, bytes } = this.#all.get(id) ?? {};
        if (!one) return refused(404, "not_found", "There is no such attachment.", "Look at the list again.");
        const headers = {
            "content-type": one.media_type,
            "content-disposition": `inline; filename="${one.name.replace(/[^\w.-]/g, "_")}"`,
        };
        return { status: 200, headers, text: bytes };
    }
}

function refused(status, code, message, remedy) {
    return { status, body: { code, message, remedy } };
}

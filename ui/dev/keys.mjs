const kept = [
    { name: "openai", from: null },
    { name: "anthropic", from: "keyring" },
    { name: "porcupine", from: "environment" },
];

/** Keys of services, which are forgotten as soon as they are set. */
export const apiKeys = {
    all: () => ({ keyring: null, keys: kept }),
    put(name, from) {
        const one = kept.find((key) => key.name === name);
        if (one) one.from = from;
    },
};

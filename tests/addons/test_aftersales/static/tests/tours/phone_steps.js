// What the tours of the portal share.

export const type = (name, text) => ({
    content: `Type ${name}`,
    trigger: `[name=${name}]`,
    run: `edit ${text}`,
});

export const pick = (name) => ({
    content: `Choose the first ${name}`,
    trigger: `select[name=${name}]`,
    run: "selectByIndex 1",
});

export const go = (content, trigger) => ({
    content,
    trigger,
    run: "click",
    expectUnloadPage: true,
});

// A page wider than the phone would have to be pushed sideways to be read.
export const fits = (page) => ({
    content: `The ${page} does not scroll sideways`,
    trigger: "#wrap",
    run() {
        const width = document.documentElement.scrollWidth;
        if (window.innerWidth > 400 || width > window.innerWidth) {
            throw new Error(`${page}: ${width} px wide on ${window.innerWidth} px`);
        }
    },
});

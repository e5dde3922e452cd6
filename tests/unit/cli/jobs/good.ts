export const main = (words: string[]) => console.log("main", JSON.stringify(words));

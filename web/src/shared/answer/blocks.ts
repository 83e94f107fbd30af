/** A piece of Markdown that stands for itself: a paragraph, a list, a table, a fence of code. */
export interface Block {
  text: string;
  /** The line that opened the code in whose middle the block begins. */
  opening: string;
  /** Whether nothing more comes to it. */
  whole: boolean;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const MATH = /^ {0,3}\$\$/;
const LIST = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?: |$)/;

/**
 * Cuts Markdown into blocks while it grows, so that what stands already is never read again. Blocks end at empty lines
 * outside of code, formulas and lists. What is cut after {@link Splitter.LONGEST} characters is shown, but not as one piece.
 */
export class Splitter {
  /** Characters of a block at most: longer ones (a log, a file of one line) would hold the page up. */
  static readonly LONGEST = 16_384;

  readonly #done: Block[] = [];
  #text = "";
  /** Where the first line is that was not looked at yet. */
  #at = 0;
  #block = 0;
  #fence = "";
  /** The line by which the fence began, and the one in which the block begins. */
  #fenceLine = "";
  #opening = "";
  #math = false;
  #list = false;
  #blank = false;

  /** The blocks of `text`, which mostly begins with what was given before. */
  split(text: string): Block[] {
    if (!text.startsWith(this.#text)) this.#restart();
    this.#text = text;
    for (let end = text.indexOf("\n", this.#at); end >= 0; end = text.indexOf("\n", this.#at)) {
      this.#line(text.slice(this.#at, end), this.#at);
      this.#at = end + 1;
    }
    while (text.length - this.#block > Splitter.LONGEST) {
      this.#cut(this.#block + Splitter.LONGEST);
      this.#at = Math.max(this.#at, this.#block);
    }
    const line = text.slice(this.#at);
    const begins = this.#block < this.#at && this.#fence === "" && !this.#math && line.trim() !== "" && this.#ends(line);
    const rest = begins ? [text.slice(this.#block, this.#at), line] : [text.slice(this.#block)];
    const tail = rest.map((piece, place) => ({ text: copyOf(piece), opening: place === 0 ? this.#opening : "", whole: false }));
    return [...this.#done, ...tail.filter((block) => block.text !== "")];
  }

  #restart(): void {
    this.#done.length = 0;
    this.#at = 0;
    this.#block = 0;
    this.#fence = "";
    this.#opening = "";
    this.#math = false;
    this.#list = false;
    this.#blank = false;
  }

  #line(line: string, start: number): void {
    const blank = line.trim() === "";
    const end = start + line.length + 1;
    // Code that is too long goes on in a block of its own, and so does a long line.
    if (end - this.#block > Splitter.LONGEST) this.#cut(start);
    while (end - this.#block > Splitter.LONGEST) this.#cut(this.#block + Splitter.LONGEST);
    if (this.#fence !== "") {
      if (line.trim().startsWith(this.#fence) && line.trim().replaceAll(this.#fence[0] ?? "", "") === "") this.#fence = "";
    } else if (this.#math) {
      if (line.includes("$$")) this.#math = false;
    } else if (!blank) {
      if (this.#ends(line)) this.#cut(start);
      if (start === this.#block) this.#list = LIST.test(line);
      this.#fence = FENCE.exec(line)?.[1] ?? "";
      this.#fenceLine = `${line}\n`;
      this.#math = MATH.test(line) && !line.trim().slice(2).includes("$$");
    }
    this.#blank = blank;
  }

  /** Whether the block before ends where this line begins. */
  #ends(line: string): boolean {
    return this.#blank && !(this.#list && (LIST.test(line) || /^(?: {2}|\t)/.test(line)));
  }

  #cut(at: number): void {
    if (at === this.#block) return;
    this.#done.push({ text: copyOf(this.#text.slice(this.#block, at)), opening: this.#opening, whole: true });
    this.#block = at;
    this.#opening = this.#fence === "" ? "" : this.#fenceLine;
  }
}

/**
 * The same characters without the text that they were cut from. A slice holds all of it, and a text that grows is a new one with
 * each step: the blocks of an answer would hold one as long as all before them, each.
 */
function copyOf(slice: string): string {
  return structuredClone(slice);
}

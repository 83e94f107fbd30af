/** Where the server is: the console lies at `<that>/console/`, as its page says in `<base>`. */
const ROOT = new URL("..", document.baseURI).href.replace(/\/$/, "");

/** The address of a path of the API. */
export function address(path: string): string {
  return ROOT + path;
}

/** The server's own address, as programs call it. */
export const SERVER = ROOT;

/** The path below which the console's pages are. */
export const BASE_PATH = new URL(document.baseURI).pathname.replace(/\/$/, "");

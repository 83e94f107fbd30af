import { createServer } from "node:net";

/** A mail server that takes everything, where the server of the story sends its email: `came` is what was said, one text per email. */
export async function openMailbox(): Promise<{ came: string[]; close: () => void }> {
  const came: string[] = [];
  const server = createServer((socket) => {
    let said = "";
    let inside = false;
    socket.write("220 ready\r\n");
    socket.on("error", () => undefined);
    socket.on("data", (piece) => {
      said += String(piece);
      if (inside) {
        if (!said.endsWith("\r\n.\r\n")) return;
        inside = false;
        came.push(said);
        socket.write("250 taken\r\n");
        return;
      }
      const line = said.trimEnd().split("\r\n").at(-1) ?? "";
      inside = line.toUpperCase() === "DATA";
      if (line.toUpperCase() === "QUIT") socket.end("221 bye\r\n");
      else socket.write(inside ? "354 go on\r\n" : "250 mailbox\r\n");
    });
  });
  await new Promise<void>((ready) => server.listen(Number(process.env["CONSOLE_SMTP_PORT"]), "127.0.0.1", ready));
  return { came, close: () => void server.close() };
}

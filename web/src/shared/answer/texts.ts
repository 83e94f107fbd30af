/** What answers say beside their own words. */
export const texts = {
  code: (language: string) => (language === "" ? "Code" : `${language} code`),
  copyCode: "Copy the code",
  table: "Table",
  picture: "Picture",
  pictureFails: "The picture cannot be shown.",
  picturesElsewhere: (name: string) => `Picture elsewhere: ${name}`,
  reasoning: "Reasoning",
  reasons: "Reasoning…",
  firstToken: (duration: string) => `${duration} to first token`,
  speed: (rate: string) => `${rate} tok/s`,
  tokens: (count: string) => `${count} ${count === "1" ? "token" : "tokens"}`,
  stopped: (tokens: string | null, cost: string | null) =>
    `stopped${tokens === null ? "" : ` after ${tokens}`}${cost === null ? "" : `, ${cost}`}`,
  unpriced: "no price known",
} as const;

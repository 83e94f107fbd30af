/** What the filters of calls say. */
export const texts = {
  add: "Filter",
  none: "None",
  nothing: "No call of the last 90 days has one.",
  loading: "Loading …",
  choose: (label: string) => `${label}: choose`,
  without: (what: string) => `Without ${what}`,
  unpriced: "Unpriced only",
  priced: "Priced only",
  words: { requestId: "Request id", conversationId: "Conversation" },
} as const;

/** What is said of parameters. */
export const texts = {
  unset: "not sent",
  reset: (title: string) => `Do not send ${title}`,
  notJson: "This is no JSON yet.",
  listHint: "One a line",
  yes: "Yes",
  no: "No",
} as const;

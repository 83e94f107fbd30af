/** What the shared pieces say. */
export const texts = {
  copy: "Copy",
  copied: "Copied",
  copyFailed: "The browser does not let the page copy. Select the text and copy it by hand.",
  copyAs: "Copy as",
  rest: (characters: string) => `… ${characters} more characters, which are copied, too`,
  close: "Close",
  cancel: "Cancel",
  tryAgain: "Try again",
  more: "Show more",
  actions: "Actions",
  save: "Save",
  undo: "Undo",
  entry: {
    email: "Enter your email address.",
    at: "An email address has an @ in it.",
    short: "Use at least 8 characters. A few words are good.",
    name: "Enter your name.",
    token: "Paste the token from the link.",
  },
  leave: {
    title: "Leave without saving?",
    about: "What you have changed here is lost when you go.",
    stay: "Stay",
    go: "Leave",
    discard: "Discard",
  },
  destroy: {
    type: (name: string) => `Type “${name}” to confirm`,
    mistyped: "This is not the name.",
  },
  forbidden: {
    title: "Your role does not allow this",
    next: "Ask an owner or administrator of the workspace.",
  },
  stale: (when: string) => `From ${when}. The server does not answer now; it is asked again by itself.`,
  subject: {
    kinds: {
      workspace: "The whole workspace", application: "An application", user: "A person", key: "An API key", feature: "A feature",
      tag: "A tag", configuration: "A configuration",
    },
    which: {
      workspace: "", application: "Which application", user: "Who", key: "Which key", feature: "Which feature", tag: "Which tag",
      configuration: "Which configuration",
    },
    each: {
      workspace: "", application: "Each application for itself", user: "Each person alone", key: "Each key for itself",
      feature: "Each feature for itself", tag: "", configuration: "Each configuration for itself",
    },
    tagAbout: "As calls name it in the header X-Trunkline-Tags.",
    none: "There is none yet.",
    for: "For",
  },
  range: {
    label: "Period",
    custom: "From … to …",
    from: "From",
    to: "To",
    apply: "Show",
    presets: { "1h": "Last hour", "24h": "Last 24 hours", "7d": "Last 7 days", "30d": "Last 30 days", "90d": "Last 90 days" },
  },
} as const;

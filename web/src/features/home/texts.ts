/** What Home says. */
export const texts = {
  title: "Home",
  about: "How things stand, and what is left to do.",
  checklist: {
    title: "Get started",
    done: "done",
    open: "to do",
    provider: { title: "Connect a provider", about: "A key, or a server such as Ollama. The demo model answers until then.", action: "Configurations" },
    key: { title: "Make an API key", about: "One for each program, so that each can be limited and revoked.", make: "Make a key", made: "Shown only here: copy it now." },
    call: { title: "Call it from outside", about: "The first call of a program shows here as it comes.", waiting: "Waiting for the first call …", came: (model: string, when: string) => `${model} was called ${when}.` },
    prompt: "Say hello.",
  },
  health: { title: "Health", none: "There is nothing to watch yet.", history: (name: string) => `${name}: the last hours` },
  today: {
    title: "Today",
    cost: "Cost today",
    requests: "Requests today",
    errors: "Errors today",
    tokens: "Tokens today",
    unpriced: (count: string) => `${count} unpriced, counted apart`,
    inOut: (input: string, output: string) => `${input} in · ${output} out`,
    zone: (zone: string) => `What you called, in days of ${zone}.`,
    usage: "All usage and cost",
  },
  alerts: { title: "Alerts", none: "No alert is open.", all: "All alerts" },
} as const;

/** What is said of things that a file declares. */
export const texts = {
  declared: (source: string) => `Declared in ${source}`,
  declaredAbout: (source: string) => `Change it in ${source}, and run “trunkline apply”. The next apply sets back what is changed here, where the file says something of it.`,
  changed: "Changed since apply",
  changedAbout: (source: string, when: string) =>
    `It was changed here after ${source} was applied ${when}. To keep the change, take it into the file: “trunkline export” shows how. To undo what the file says otherwise, run “trunkline apply”.`,
} as const;

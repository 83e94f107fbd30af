/** A setting, as a form shows it. */
export interface Field {
  name: string;
  title: string;
  description: string;
  kind: "number" | "integer" | "text" | "long" | "switch" | "choice" | "list" | "json";
  minimum: number | undefined;
  maximum: number | undefined;
  /** What the provider would take where nothing is sent, as far as that is known. */
  usual: unknown;
  example: unknown;
  choices: (string | boolean)[];
  maxLength: number | undefined;
}

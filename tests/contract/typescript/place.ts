// Where the gateway is, which the test that runs these tells, and what all of them ask.

function told(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run these through pytest`);
  return value;
}

export const url = told("TRUNKLINE_URL");
export const key = told("TRUNKLINE_KEY");
export const providers = told("TRUNKLINE_PROVIDERS").split(",");

export const HELLO = "Hello from the other side — 你好, \u2028 done.";
export const PICTURE =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

export const weather = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
} as const;

export const time = { type: "object", properties: { zone: { type: "string" } } } as const;

export const place = {
  type: "object",
  properties: { city: { type: "string" }, degrees: { type: "integer" } },
  required: ["city", "degrees"],
  additionalProperties: false,
} as const;

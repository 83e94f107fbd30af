import { TrunklineError } from "@trunkline/client";
import type { FieldValues, Path, UseFormSetError } from "react-hook-form";

/** What the server said of fields, by their names (`rule.models[0]`); empty for any other failure. */
function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof TrunklineError)) return {};
  return Object.fromEntries(error.errors.map(({ field, message }) => [field, message]));
}

/**
 * Puts what the server said of fields to the fields of a form, and gives the failure itself where something is left to
 * say: for a `Problem`. `names`: the fields of the form that are called otherwise than in the API.
 */
export function showAtFields<Values extends FieldValues>(
  error: unknown,
  known: readonly Path<Values>[],
  setError: UseFormSetError<Values>,
  names: Partial<Record<string, Path<Values>>> = {},
): void {
  for (const [field, message] of Object.entries(fieldErrors(error))) {
    const name = names[field] ?? known.find((each) => each === field);
    if (name !== undefined) setError(name, { message });
  }
}

/** Whether everything that the server said is about one of these fields, so that it need not be said again. */
export function isAtFields(error: unknown, known: readonly string[]): boolean {
  const fields = Object.keys(fieldErrors(error));
  return fields.length > 0 && fields.every((field) => known.includes(field));
}

import { NumberInput, type NumberInputProps } from "@mantine/core";
import { useState } from "react";

/**
 * A number by typing; null where nothing is entered. While one types, what is typed stands there (“0.”, nothing, or 7 where at
 * least 10 are wanted), whatever is made of it; afterwards the number that was taken.
 */
export function NumberField({
  value,
  onChange,
  ...props
}: Omit<NumberInputProps, "value" | "onChange" | "onFocus" | "onBlur"> & { value: number | null | undefined; onChange: (value: number | null) => void }) {
  const [typed, setTyped] = useState<string | number | null>(null);
  return (
    <NumberInput
      {...props}
      value={typed ?? value ?? ""}
      onFocus={() => setTyped(value ?? "")}
      onBlur={() => setTyped(null)}
      onChange={(next) => {
        setTyped((before) => (before === null ? null : next));
        onChange(numberOf(next));
      }}
    />
  );
}

function numberOf(typed: string | number): number | null {
  if (typeof typed === "number") return typed;
  const number = typed.trim() === "" ? Number.NaN : Number(typed);
  return Number.isFinite(number) ? number : null;
}

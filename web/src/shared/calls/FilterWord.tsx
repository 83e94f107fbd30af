import { TextInput } from "@mantine/core";
import { useState } from "react";

/** A filter that is typed: taken with Enter, given up with Escape. */
export function FilterWord({ label, onChoose, onClear }: { label: string; onChoose: (value: string) => void; onClear: () => void }) {
  const [value, setValue] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (value.trim() !== "") onChoose(value.trim());
      }}
    >
      <TextInput
        size="xs"
        w={260}
        aria-label={label}
        placeholder={label}
        autoFocus
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onClear();
        }}
      />
    </form>
  );
}

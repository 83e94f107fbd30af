import { Group, SegmentedControl, Select, Slider, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { NumberField } from "@/shared/ui/NumberField";
import type { Field } from "./field";
import classes from "./ParameterField.module.css";
import { texts } from "./texts";

/** Beyond this a slider is too coarse to choose with. */
const SLIDER_SPAN = 10;

interface ControlProps {
  id: string;
  field: Field;
  value: unknown;
  disabled: boolean;
  error: string | undefined;
  onChange: (value: unknown) => void;
}

/** What a setting is typed or chosen with, by its kind. */
export function ParameterControl(props: ControlProps) {
  switch (props.field.kind) {
    case "number":
    case "integer":
      return <NumberControl {...props} />;
    case "choice":
    case "switch":
      return <ChoiceControl {...props} />;
    case "list":
    case "json":
      return <StructuredControl {...props} />;
    default:
      return <TextControl {...props} />;
  }
}

const about = ({ id, error, disabled }: ControlProps) => ({ id, disabled, "aria-describedby": `${id}-about`, error: error !== undefined });

function NumberControl(props: ControlProps) {
  const { field, value, disabled, onChange } = props;
  const { minimum, maximum } = field;
  const step = field.kind === "integer" ? 1 : 0.05;
  const slides = minimum !== undefined && maximum !== undefined && maximum - minimum <= SLIDER_SPAN;
  const number = typeof value === "number" ? value : undefined;
  return (
    <Group gap="sm" wrap="nowrap">
      {slides ? (
        <Slider
          flex={1}
          size="sm"
          label={null}
          min={minimum}
          max={maximum}
          step={step}
          value={number ?? (typeof field.usual === "number" ? field.usual : minimum)}
          disabled={disabled}
          thumbLabel={field.title}
          className={number === undefined ? classes.unset : ""}
          onChange={(next) => onChange(Number(next.toFixed(2)))}
        />
      ) : null}
      <NumberField
        {...about(props)}
        w={slides ? 104 : "100%"}
        value={number}
        placeholder={texts.unset}
        allowDecimal={field.kind === "number"}
        thousandSeparator={slides ? "" : ","}
        step={step}
        hideControls={!slides}
        onChange={(next) => onChange(next ?? undefined)}
      />
    </Group>
  );
}

function TextControl(props: ControlProps) {
  const { field, value, onChange } = props;
  const given = {
    ...about(props),
    value: typeof value === "string" ? value : "",
    placeholder: typeof field.example === "string" ? `${texts.unset} · ${field.example}` : texts.unset,
  };
  return field.kind === "long" ? (
    <Textarea {...given} autosize minRows={3} maxRows={12} onChange={(event) => onChange(event.currentTarget.value || undefined)} />
  ) : (
    <TextInput {...given} onChange={(event) => onChange(event.currentTarget.value || undefined)} />
  );
}

function ChoiceControl(props: ControlProps) {
  const { field, value, onChange, disabled } = props;
  const choices = field.kind === "switch" ? [true, false] : field.choices;
  const words = choices.map((choice) => ({
    value: String(choice),
    label: typeof choice === "boolean" ? (choice ? texts.yes : texts.no) : choice,
  }));
  const take = (word: string | null) => onChange(choices.find((choice) => String(choice) === word));
  if (field.kind === "switch") {
    return (
      <SegmentedControl
        id={props.id}
        aria-label={field.title}
        disabled={disabled}
        data={[{ value: "", label: texts.unset }, ...words]}
        value={value === undefined ? "" : String(value)}
        onChange={take}
      />
    );
  }
  return <Select {...about(props)} data={words} value={value === undefined ? null : String(value)} placeholder={texts.unset} onChange={take} clearable />;
}

/** Lists as lines and objects as JSON; what cannot be read yet stays in the field and is not taken. */
function StructuredControl(props: ControlProps) {
  const { field, value, onChange } = props;
  const write = (some: unknown) => (some === undefined ? "" : field.kind === "list" && Array.isArray(some) ? some.join("\n") : JSON.stringify(some, null, 2));
  const [text, setText] = useState<string | null>(null);
  const read = (typed: string): unknown => (field.kind === "list" ? typed.split("\n").filter(Boolean) : JSON.parse(typed));
  const [broken, setBroken] = useState(false);
  return (
    <Textarea
      {...about(props)}
      error={broken ? texts.notJson : props.error !== undefined}
      autosize
      minRows={2}
      maxRows={12}
      classNames={field.kind === "json" ? { input: "mono" } : {}}
      placeholder={field.kind === "list" ? `${texts.unset} · ${texts.listHint}` : texts.unset}
      value={text ?? write(value)}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        setText(typed);
        try {
          onChange(typed.trim() === "" ? undefined : read(typed));
          setBroken(false);
        } catch {
          setBroken(true);
        }
      }}
      onBlur={() => {
        if (!broken) setText(null);
      }}
    />
  );
}

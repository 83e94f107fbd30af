import { Button, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { ChevronDown } from "lucide-react";
import { lazy, Suspense } from "react";
import { zoneName } from "@/shared/format/zone";
import { PRESETS, type Range } from "@/shared/range";
import { texts } from "@/shared/texts";

const DaysDialog = lazy(() => import("./DaysDialog").then((module) => ({ default: module.DaysDialog })));

/** Which period a page is about, with its time zone in words: "Last 7 days, UTC+1". Goes with `useRange`. */
export function RangePicker({ value, onChange }: { value: Range; onChange: (next: Range) => void }) {
  const [choosing, { open, close }] = useDisclosure(false);
  const word = "preset" in value ? texts.range.presets[value.preset] : `${value.from} – ${value.to}`;
  return (
    <>
      <Menu position="bottom-end" width={180}>
        <Menu.Target>
          <Button variant="default" rightSection={<ChevronDown size={14} aria-hidden />} aria-label={`${texts.range.label}: ${word}, ${zoneName()}`}>
            {word}, {zoneName()}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {PRESETS.map((preset) => (
            <Menu.Item key={preset} onClick={() => onChange({ preset })}>
              {texts.range.presets[preset]}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={open}>{texts.range.custom}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {choosing ? (
        <Suspense>
          <DaysDialog
            value={"preset" in value ? null : value}
            onClose={close}
            onChange={(next) => {
              close();
              onChange(next);
            }}
          />
        </Suspense>
      ) : null}
    </>
  );
}

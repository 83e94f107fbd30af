import { Input, SegmentedControl, Select, Stack, useMantineColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { chooseTimeZone, timeZone } from "@/shared/format/zone";
import { texts } from "../texts";

const OWN = "own";

/** The look and the time zone of this browser. */
export function Preferences() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const queries = useQueryClient();
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [zone, setZone] = useState(timeZone);
  const zones = [{ value: OWN, label: texts.account.zoneOwn(own) }, ...["UTC", ...Intl.supportedValuesOf("timeZone")].map((each) => ({ value: each, label: each }))];
  return (
    <Stack maw={360}>
      <Input.Wrapper label={texts.account.look} labelElement="div">
        <SegmentedControl
          fullWidth
          aria-label={texts.account.look}
          value={colorScheme}
          onChange={(look) => setColorScheme(look as "auto" | "light" | "dark")}
          data={Object.entries(texts.account.looks).map(([value, label]) => ({ value, label }))}
        />
      </Input.Wrapper>
      <Select
        label={texts.account.zone}
        description={texts.account.zoneAbout}
        searchable
        allowDeselect={false}
        limit={60}
        data={zones}
        value={zone === own ? OWN : zone}
        onChange={(next) => {
          chooseTimeZone(next === OWN || next === null ? null : next);
          setZone(timeZone());
          // Days are counted anew.
          void queries.invalidateQueries();
        }}
      />
    </Stack>
  );
}

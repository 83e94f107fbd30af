import { Button, Menu } from "@mantine/core";
import { ChevronDown } from "lucide-react";
import { useRange } from "@/shared/range";
import { CopyAs } from "@/shared/ui/CopyAs";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { MorePages } from "@/shared/ui/MorePages";
import { notifyFailed } from "@/shared/ui/notify";
import { PageHeader } from "@/shared/ui/PageHeader";
import { Problem } from "@/shared/ui/Problem";
import { RangePicker } from "@/shared/ui/RangePicker";
import { AuditFilters } from "../components/AuditFilters";
import { EventDialog } from "../components/EventDialog";
import { EventList } from "../components/EventList";
import { Verification } from "../components/Verification";
import { useEvents, useExport, useVerify } from "../hooks";
import type { AuditSearch } from "../search";
import { texts } from "../texts";

/** Who changed what, and whether the log is whole. */
export function AuditPage({ search, onSearch }: { search: AuditSearch; onSearch: (next: AuditSearch) => void }) {
  const events = useEvents(search);
  const verifying = useVerify();
  const exporting = useExport(search);
  const [range, setRange] = useRange("30d");
  const opened = events.data?.find(({ id }) => id === search.open);
  return (
    <>
      <PageHeader
        title={texts.title}
        about={texts.about}
        actions={
          <>
            <CopyAs sent={{ method: "GET", path: "/api/audit" }} />
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="default" rightSection={<ChevronDown size={14} aria-hidden />} loading={exporting.isPending}>
                  {texts.export}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {(["csv", "json"] as const).map((format) => (
                  <Menu.Item key={format} onClick={() => exporting.mutate(format, { onError: notifyFailed })}>
                    {texts.formats[format]}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
            <RangePicker value={range} onChange={setRange} />
            <Button loading={verifying.isPending} onClick={() => verifying.mutate()}>
              {texts.verify}
            </Button>
          </>
        }
      />
      {verifying.error ? <Problem error={verifying.error} retry={() => verifying.mutate()} /> : null}
      {verifying.data === undefined ? null : <Verification chain={verifying.data} />}
      <AuditFilters search={search} onSearch={onSearch} />
      <Loaded query={events} skeleton={<ListSkeleton rows={8} label={texts.loading} />}>
        {(all) =>
          all.length === 0 ? <EmptyState title={texts.empty}>{texts.emptyAbout}</EmptyState> : <EventList events={all} onOpen={({ id }) => onSearch({ ...search, open: id })} />
        }
      </Loaded>
      <MorePages query={events} />
      {opened === undefined ? null : <EventDialog event={opened} onClose={() => onSearch({ ...search, open: undefined })} />}
    </>
  );
}

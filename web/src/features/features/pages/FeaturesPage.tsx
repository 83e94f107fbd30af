import { Button, SimpleGrid } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { PageHeader } from "@/shared/ui/PageHeader";
import { useMay, useWorkspace } from "@/shared/workspace";
import { featuresQuery, hasSettings, weekQuery } from "../api";
import { FeatureCard } from "../components/FeatureCard";
import { FeatureDialog } from "../components/FeatureDialog";
import { NewFeatureDialog } from "../components/NewFeatureDialog";
import type { FeatureSearch } from "../search";
import { texts } from "../texts";

/** What the app can do with models, each with its settings in a popup whose address can be shared. */
export function FeaturesPage({ search, onSearch }: { search: FeatureSearch; onSearch: (next: FeatureSearch) => void }) {
  const { client, id } = useWorkspace();
  const mayChange = useMay("features.change");
  const features = useQuery(featuresQuery(client, id));
  const week = useQuery(weekQuery(client, id));
  const [making, setMaking] = useState(false);
  return (
    <>
      <PageHeader
        title={texts.title}
        about={texts.about}
        actions={
          mayChange ? (
            <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setMaking(true)}>
              {texts.new}
            </Button>
          ) : null
        }
      />
      <Loaded query={features} skeleton={<ListSkeleton rows={3} label={texts.loading} />}>
        {(all) => {
          const open = all.find((feature) => feature.slug === search.open);
          return (
            <>
              <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
                {all.map((feature) => (
                  <FeatureCard
                    key={feature.slug}
                    feature={feature}
                    week={week.data?.get(feature.slug)}
                    onOpen={hasSettings(feature) ? () => onSearch({ open: feature.slug }) : null}
                  />
                ))}
              </SimpleGrid>
              {open !== undefined && hasSettings(open) ? (
                <FeatureDialog key={open.slug} feature={open} tab={search.tab ?? ""} onTab={(tab) => onSearch({ open: open.slug, tab })} onClose={() => onSearch({})} />
              ) : null}
            </>
          );
        }}
      </Loaded>
      {making || (mayChange && search.model !== undefined) ? (
        <NewFeatureDialog
          model={search.model}
          onClose={() => {
            setMaking(false);
            onSearch({});
          }}
          onMade={(slug) => {
            setMaking(false);
            onSearch({ open: slug });
          }}
        />
      ) : null}
    </>
  );
}

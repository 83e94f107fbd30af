import { Button, Menu } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import { LazyMenu } from "@/shared/ui/LazyMenu";
import { useMay } from "@/shared/workspace";
import { texts } from "../texts";

/** Where the models of features come from. */
const FEATURES = "openrouter";

/** The way to use a model: in a new configuration, or where features can have it, in one of these. */
export function UseModel({ provider, model }: { provider: string; model: string }) {
  const mayConfigure = useMay("configurations.change");
  const mayFeature = useMay("features.change") && provider === FEATURES;
  // Subjects know of each other by address alone.
  const configuration = { to: "/configurations/new", search: { provider, model, step: "key" } } as object;
  const feature = { to: "/features", search: { model } } as object;
  if (!mayConfigure) return null;
  const look = { size: "compact-sm", variant: "default", "aria-label": texts.labelUse(model) } as const;
  if (!mayFeature) {
    return (
      <Button component={Link} {...look} {...configuration}>
        {texts.use}
      </Button>
    );
  }
  return (
    <LazyMenu
      position="bottom-end"
      target={
        <Button {...look} rightSection={<ChevronDown size={12} aria-hidden />}>
          {texts.use}
        </Button>
      }
    >
      <Menu.Item component={Link} {...configuration}>
        {texts.useAs.configuration}
      </Menu.Item>
      <Menu.Item component={Link} {...feature}>
        {texts.useAs.feature}
      </Menu.Item>
    </LazyMenu>
  );
}

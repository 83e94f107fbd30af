import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { texts } from "../texts";

/** Leads to the comparison, with the model that one talks with. */
export function CompareLink({ talkWith }: { talkWith: string }) {
  return (
    <Button variant="default" size="xs" renderRoot={(props) => <Link to="/chat/compare" search={{ with: [talkWith] }} {...props} />}>
      {texts.compareWith}
    </Button>
  );
}

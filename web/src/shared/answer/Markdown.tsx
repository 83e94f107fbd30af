import { Box } from "@mantine/core";
import { memo } from "react";
import ReactMarkdown, { type Components, type Options } from "react-markdown";
import rehypeHighlight from "rehype-highlight";
import rehypeKatex from "rehype-katex";
import rehypeSanitize, { defaultSchema } from "rehype-sanitize";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import { scrolling } from "@/shared/ui/scrolling";
import { Code } from "./Code";
import classes from "./Markdown.module.css";
import { texts } from "./texts";

/** What models write is never trusted: no HTML, no scripts, no pictures that would tell another server who reads. */
const schema = {
  ...defaultSchema,
  attributes: { ...defaultSchema.attributes, code: [["className", /^language-./, "math-inline", "math-display"]] },
} as typeof defaultSchema;

const readers: Options["remarkPlugins"] = [remarkGfm, remarkMath];
const plain: Options["rehypePlugins"] = [[rehypeSanitize, schema]];
const math: Options["rehypePlugins"] = [...plain, [rehypeKatex, { output: "mathml", throwOnError: false, strict: false }]];
const coloured: Options["rehypePlugins"] = [...math, [rehypeHighlight, { detect: false }]];

function isElsewhere(href: string): boolean {
  return URL.canParse(href, document.baseURI) && new URL(href, document.baseURI).origin !== location.origin;
}

const components: Components = {
  a: ({ href = "", children }) =>
    isElsewhere(href) ? (
      <a href={href} target="_blank" rel="noopener noreferrer">
        {children}
      </a>
    ) : (
      <a href={href}>{children}</a>
    ),
  img: ({ src, alt = "" }) =>
    typeof src === "string" && src !== "" ? (
      <a href={src} target="_blank" rel="noopener noreferrer">
        {texts.picturesElsewhere(alt || src)}
      </a>
    ) : (
      alt
    ),
  pre: ({ children, node }) => <Code node={node}>{children}</Code>,
  table: ({ children }) => (
    <Box className={classes.scroll} {...scrolling(texts.table)}>
      <table>{children}</table>
    </Box>
  ),
  input: ({ checked }) => <span aria-hidden>{checked === true ? "☑ " : "☐ "}</span>,
};

/** One block of Markdown: tables, code, formulas. `live`: more of it comes, so that it is not coloured yet. */
export const Markdown = memo(function Markdown({ text, live }: { text: string; live: boolean }) {
  return (
    <Box className={classes.text} data-live={live || undefined}>
      <ReactMarkdown remarkPlugins={readers} rehypePlugins={live ? math : coloured} components={components}>
        {text}
      </ReactMarkdown>
    </Box>
  );
});

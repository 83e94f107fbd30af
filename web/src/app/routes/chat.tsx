import { createRoute } from "@tanstack/react-router";
import { lazy } from "react";
import { chatSearch, compareSearch } from "@/features/chat/search";
import { registerSource } from "@/shared/commands";
import { root } from "./root";

registerSource({
  id: "conversations",
  may: "conversations.change",
  find: async ({ client }, text, signal) => (await import("@/features/chat/find")).findConversations(client, text, signal),
});

const ChatPage = lazy(() => import("@/features/chat/pages/ChatPage").then((module) => ({ default: module.ChatPage })));

const ComparePage = lazy(() => import("@/features/chat/pages/ComparePage").then((module) => ({ default: module.ComparePage })));

const compare = createRoute({
  getParentRoute: () => root,
  path: "/chat/compare",
  validateSearch: compareSearch,
  component: function CompareRoute() {
    const navigate = compare.useNavigate();
    return <ComparePage search={compare.useSearch()} onSearch={(search) => void navigate({ search, replace: true })} />;
  },
});

const start = createRoute({
  getParentRoute: () => root,
  path: "/chat",
  validateSearch: chatSearch,
  component: function StartRoute() {
    const navigate = start.useNavigate();
    return <ChatPage conversationId={null} search={start.useSearch()} onSearch={(search) => void navigate({ search, replace: true })} />;
  },
});

const conversation = createRoute({
  getParentRoute: () => root,
  path: "/chat/$conversationId",
  validateSearch: chatSearch,
  component: function ConversationRoute() {
    const navigate = conversation.useNavigate();
    const { conversationId } = conversation.useParams();
    return <ChatPage conversationId={conversationId} search={conversation.useSearch()} onSearch={(search) => void navigate({ search, replace: true })} />;
  },
});

export const chatRoutes = [start, compare, conversation] as const;

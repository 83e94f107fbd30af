export type {
  AiLlm,
  AiLlmStats,
  AiLlmStatsResponse,
  CreateAiLlmRequest,
  CreateAiLlmResponse,
  DeleteAiLlmResponse,
  GetAiLlmsResponse,
  UpdateAiLlmRequest,
  UpdateAiLlmResponse,
  ValidateAiLlmResponse,
} from "./ai-llm.js";
export type {
  Alert,
  AlertChannel,
  AlertDelivery,
  AlertDeliveryQuery,
  AlertFilter,
  AlertPreview,
  AlertPreviewRequest,
  AlertRule,
  CreateAlertChannelRequest,
  CreateAlertRuleRequest,
  CreatedAlertChannel,
  UpdateAlertChannelRequest,
  UpdateAlertRuleRequest,
} from "./alerts.js";
export type { Batch, BatchRequest, BatchResult, CreateBatchOptions } from "./batches.js";
export type { AddFileOptions, FilePurpose, StoredFile } from "./files.js";
export type { ChatChunk, ChatCompletion, ChatMessage, ChatRequest, ChatUsage } from "./chat.js";
export { TrunklineClient, TrunklineClient as FlashbackClient } from "./client.js";
export type { AnswerEvent } from "./conversations.js";
export type { ConfigurationDraft, TestStage, TestVerdict } from "./drafts.js";
export { readEvents, type ServerSentEvent } from "./events.js";
export { type FieldError, TrunklineError } from "./error.js";
export type { ClientOptions } from "./http.js";
export type {
  Correction,
  CreateCorrectionRequest,
  Price,
  PriceRequest,
  RequestDetails,
  RequestQuery,
  RequestSummary,
  UsageAnswer,
  UsageQuery,
  UsageReport,
  UsageReportQuery,
} from "./usage.js";
export type { Budget, BudgetQuery, CreateBudgetRequest, UpdateBudgetRequest } from "./budgets.js";
export type { CacheStanding, Caching } from "./cache.js";
export type { RetentionDays, UpdateRetentionRequest } from "./retention.js";
export type { CaptureSettings, UpdateCaptureRequest } from "./capture.js";
export type {
  CreateIdentityProviderRequest,
  IdentityProvider,
  IdentityProviderQuery,
  ScimToken,
  UpdateIdentityProviderRequest,
} from "./identity-providers.js";
export type {
  CreateMcpServerRequest,
  McpServer,
  McpServerQuery,
  McpServerTest,
  UpdateMcpServerRequest,
} from "./mcp-servers.js";
export type { CreateLimitRequest, Limit, LimitQuery, UpdateLimitRequest } from "./limits.js";
export type { components, paths } from "./openapi.js";
export type { AnswerOf, BodyOf, OptionsOf, QueryOf, RequestOptions } from "./operation.js";
export type {
  AlertQuery,
  AlertsResponse,
  CreatePolicyRequest,
  DeletePolicyResponse,
  PoliciesResponse,
  Policy,
  PolicyPreview,
  PolicyResponse,
  PolicyViolation,
  PreviewPolicyRequest,
  UpdatePolicyRequest,
  ViolationQuery,
  ViolationsResponse,
} from "./policy.js";
export type { AuditChain, AuditEvent, AuditQuery } from "./audit.js";
export { type EncryptionKey, type SealingPlace, sealKey } from "./seal.js";
export type { ConfigurationStatus, Status, StatusChange, StatusQuery } from "./status.js";

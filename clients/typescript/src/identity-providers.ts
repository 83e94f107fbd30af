import type { Http } from "./http.js";
import type { AnswerOf, BodyOf, QueryOf } from "./operation.js";

/** A new identity provider. `clientSecret` may be in plain, over TLS, or sealed (`sealKey`). */
export type CreateIdentityProviderRequest = BodyOf<"/api/identity-providers", "post">;
export type UpdateIdentityProviderRequest = BodyOf<"/api/identity-providers/{identity_provider_id}", "put">;
export type IdentityProviderQuery = QueryOf<"/api/identity-providers", "get">;
export type IdentityProvider = AnswerOf<"/api/identity-providers/{identity_provider_id}", "get">;

/** A SCIM token, which is shown this once, and where it is sent. */
export type ScimToken = AnswerOf<"/api/identity-providers/{identity_provider_id}/scim-token", "post">;

/** `/api/identity-providers`: by whom people may sign in. For the administrator of the installation. */
export class IdentityProviders {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  create(data: CreateIdentityProviderRequest): Promise<IdentityProvider> {
    return this.#http.json("post", "/api/identity-providers", { body: data });
  }

  /** A page of them, the oldest first. */
  list(query: IdentityProviderQuery = {}): Promise<IdentityProvider[]> {
    return this.#http.json("get", "/api/identity-providers", { query });
  }

  get(providerId: string): Promise<IdentityProvider> {
    return this.#http.json("get", "/api/identity-providers/{providerId}", { path: { providerId } });
  }

  update(providerId: string, data: UpdateIdentityProviderRequest): Promise<IdentityProvider> {
    return this.#http.json("put", "/api/identity-providers/{providerId}", { path: { providerId }, body: data });
  }

  /** Memberships that its groups gave end with it. */
  async delete(providerId: string): Promise<void> {
    await this.#http.json("delete", "/api/identity-providers/{providerId}", { path: { providerId } });
  }

  /** A new SCIM token. The one before is void. */
  createScimToken(providerId: string): Promise<ScimToken> {
    return this.#http.json("post", "/api/identity-providers/{providerId}/scim-token", { path: { providerId } });
  }

  async deleteScimToken(providerId: string): Promise<void> {
    await this.#http.json("delete", "/api/identity-providers/{providerId}/scim-token", { path: { providerId } });
  }
}

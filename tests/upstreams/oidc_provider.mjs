// An independent, certified OpenID Connect provider: https://github.com/panva/node-oidc-provider
import { readFileSync } from "node:fs";
import Provider from "oidc-provider";

const { port, clientId, clientSecret, redirectUri, accountsFile, claimsInToken } = JSON.parse(process.argv[2]);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
  scopes: ["openid", "email", "profile", "groups"],
  conformIdTokenClaims: !claimsInToken,
  pkce: { required: () => true },
  // Read each time: what is said of somebody changes from one sign-in to the next.
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...JSON.parse(readFileSync(accountsFile))[id] }) }),
  cookies: { keys: ["a key for tests"] },
});
provider.listen(port, "127.0.0.1");

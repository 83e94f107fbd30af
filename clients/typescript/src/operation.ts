import type { paths } from "./openapi.js";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** The paths that have an operation of this method. */
export type PathsOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: { responses: unknown } } ? P : never;
}[keyof paths];

type Described<P extends keyof paths, M extends Method> = M extends keyof paths[P] ? paths[P][M] : never;

type Content<T> = T extends { content: infer C } ? C[keyof C] : undefined;

/** What an operation takes as its body. */
export type BodyOf<P extends keyof paths, M extends Method> =
  Described<P, M> extends { requestBody?: infer B } ? Content<NonNullable<B>> : undefined;

/** What it answers when it succeeds. */
export type AnswerOf<P extends keyof paths, M extends Method> =
  Described<P, M> extends { responses: infer R }
    ? { [S in keyof R]: S extends 200 | 201 | 202 ? Content<R[S]> : never }[keyof R]
    : never;

type ParameterOf<P extends keyof paths, M extends Method, Place extends string> =
  Described<P, M> extends { parameters: infer A } ? (Place extends keyof A ? NonNullable<A[Place]> : never) : never;

/** What an operation takes in its query. */
export type QueryOf<P extends keyof paths, M extends Method> = ParameterOf<P, M, "query">;

type PathPart<T> = [T] extends [never] ? { path?: undefined } : { path: T };
type QueryPart<T> = [T] extends [never] ? { query?: undefined } : { query?: T };
type BodyPart<T> = [T] extends [undefined] ? { body?: undefined } : { body: T };

/** What every request may say besides. */
export interface RequestOptions {
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Everything that an operation takes. */
export type OptionsOf<P extends keyof paths, M extends Method> = RequestOptions &
  PathPart<ParameterOf<P, M, "path">> &
  QueryPart<ParameterOf<P, M, "query">> &
  BodyPart<BodyOf<P, M>>;

/** The last argument of a request: optional where nothing is required. */
export type Rest<P extends keyof paths, M extends Method> =
  Record<never, never> extends OptionsOf<P, M> ? [options?: OptionsOf<P, M>] : [options: OptionsOf<P, M>];

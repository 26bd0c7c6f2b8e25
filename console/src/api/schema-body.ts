/** The schema as text, as it is edited and exported; `etag` says of which version. */
export type SchemaText = { readonly text: string; readonly etag: string };

/** The whole document as it is sent, and the version that it was begun from. */
export type SchemaBody = { readonly content: string; readonly type: string; readonly etag: string };

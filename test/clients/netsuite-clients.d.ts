// What tests use of clients that come without types.
declare module 'netsuite-rest' {
  type Options = {
    readonly consumer_key: string;
    readonly consumer_secret_key: string;
    readonly token: string;
    readonly token_secret: string;
    readonly realm: string;
    readonly base_url?: string;
  };
  type Request = {
    readonly path?: string;
    readonly method?: string;
    readonly body?: string;
    readonly heads?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what a test finds out
  type Response = { statusCode: number; rawHeaders: readonly string[]; data: any };
  class NetsuiteRest {
    constructor(options: Options);
    request(request: Request): Promise<Response>;
  }
  export = NetsuiteRest;
}

declare module '@fye/netsuite-rest-api' {
  type Config = Readonly<Record<string, string | number | boolean>>;
  type Request = {
    readonly method: string;
    readonly requestType: string;
    readonly path?: string;
    readonly query?: unknown;
  };
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what a test finds out
  type Response = { statusCode: number; headers: Record<string, string | undefined>; body: any };
  export function makeRequest(config: Config, request: Request): Promise<Response>;
  export function update(
    config: Config,
    change: { readonly id: string; readonly updateValues: unknown; readonly path: string },
  ): Promise<Response>;
  export const salesOrderPath: string;
  export const expandAbleSubResourcesQueryParam: string;
}

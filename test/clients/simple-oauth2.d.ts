/** What the tests use of this OAuth 2 client, which brings no types. */
declare module 'simple-oauth2' {
  type Token = Readonly<Record<string, unknown>>;
  export type AccessToken = {
    readonly token: Token;
    expired(windowSeconds?: number): boolean;
    refresh(params?: object): Promise<AccessToken>;
  };
  type Configuration = {
    client: { id: string; secret: string };
    auth: { tokenHost: string; tokenPath: string };
    options?: {
      bodyFormat?: 'form' | 'json';
      authorizationMethod?: 'header' | 'body';
      credentialsEncodingMode?: 'strict' | 'loose';
    };
  };
  export class ResourceOwnerPassword {
    constructor(config: Configuration);
    getToken(params: Token): Promise<AccessToken>;
  }
  export class ClientCredentials {
    constructor(config: Configuration);
    getToken(params: Token): Promise<AccessToken>;
  }
}

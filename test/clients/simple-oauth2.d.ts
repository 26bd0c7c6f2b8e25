/** What the tests use of this OAuth 2 client, which brings no types. */
declare module 'simple-oauth2' {
  type Token = Readonly<Record<string, unknown>>;
  export type AccessToken = {
    readonly token: Token;
    expired(windowSeconds?: number): boolean;
    refresh(params?: object): Promise<AccessToken>;
  };
  export class ResourceOwnerPassword {
    constructor(config: {
      client: { id: string; secret: string };
      auth: { tokenHost: string; tokenPath: string };
      options?: { bodyFormat?: 'form' | 'json'; authorizationMethod?: 'header' | 'body' };
    });
    getToken(params: Token): Promise<AccessToken>;
  }
}

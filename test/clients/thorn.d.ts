/** What the tests use of SugarCRM's own client for tests, which brings no types. */
declare module '@sugarcrm/thorn' {
  type Body = Readonly<Record<string, unknown>>;
  export type ThornRecord = Body & { readonly id: string; readonly _module: string };
  export type ThornResponse = { readonly response: { readonly statusCode: number; readonly body: Body } };
  export type ThornModel = {
    module?: string;
    attributes?: Body;
    links?: Readonly<Record<string, readonly ThornModel[]>>;
  };
  export type UserAgent = {
    on(version: string): UserAgent;
    get(endpoint: string, params?: object): Promise<ThornResponse>;
    post(endpoint: string, data?: object, params?: object): Promise<ThornResponse>;
    put(endpoint: string, data?: object, params?: object): Promise<ThornResponse>;
    delete(endpoint: string, data?: object, params?: object): Promise<ThornResponse>;
  };
  export const Agent: { as(userName: string): UserAgent; readonly ADMIN: string };
  export const Fixtures: {
    create(models: ThornModel | ThornModel[], options?: { module: string }): Promise<Record<string, ThornRecord[]>>;
    link(left: ThornRecord, link: string, right: ThornRecord): Promise<Body>;
    lookup(module: string, properties: object): ThornRecord | undefined;
    cleanup(): Promise<ThornResponse>;
  };
}

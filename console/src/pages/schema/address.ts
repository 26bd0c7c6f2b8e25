/** Where the form of a part is opened. @param at its place in the document: `types.claim.fields.status`. */
export const addressOf = (at: string): string => `?${new URLSearchParams({ tab: 'form', at })}`;

/** Where the form of a part is opened, or a type is seen in its table. @param at its place in the document: `types.claim.fields.status`. */
export const addressOf = (at: string, tab: 'form' | 'types' = 'form'): string => `?${new URLSearchParams({ tab, at })}`;

/** The workspace roles, as people call them. */
const names = { member: 'member', power: 'power user', admin: 'administrator' } as const;

type Role = keyof typeof names;

export const nameOfRole = (role: Role): string => names[role];

export const roles = (Object.keys(names) as Role[]).map((value) => ({ value, label: names[value] }));

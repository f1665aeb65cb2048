export const OLDEST_NODE: string;
export function faultOfNode(version: string): string | undefined;

export function Drawer() { return <section aria-label="Problems" />; }

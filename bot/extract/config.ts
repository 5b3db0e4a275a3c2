/** A kernel's .config as macros: `CONFIG_X=y` → `1`, `=m` → `CONFIG_X_MODULE` is `1`, other values as they are. Other lines count for nothing. */
export function readConfig(text: string): Record<string, string> {
  const config: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const match = /^(CONFIG_\w+)=(.*?)\s*$/.exec(line);
    const [, name, value] = match ?? [];
    if (name === undefined || value === undefined) continue;
    if (value === 'm') config[`${name}_MODULE`] = '1';
    else if (value !== 'n') config[name] = value === 'y' ? '1' : value;
  }
  return config;
}

import ts from 'typescript';

/** Reads TypeScript or JSON, with the position of everything in it. */
export function parse(path, text) {
  return path.endsWith('.json')
    ? ts.parseJsonText(path, text)
    : ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/** The initializer of a top-level `const`, without what only concerns its type. */
export function findConstant(source, name) {
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const declaration of statement.declarationList.declarations) {
      if (declaration.name.getText() === name && declaration.initializer)
        return bare(declaration.initializer);
    }
  }
  return undefined;
}

function bare(expression) {
  return ts.isAsExpression(expression) || ts.isSatisfiesExpression(expression)
    ? bare(expression.expression)
    : expression;
}

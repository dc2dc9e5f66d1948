import { type Namespace } from '../../model/namespace/namespace.js';
import { badRequest } from '../administration-error.js';

interface Forwarding {
  readonly forwardTo?: string;
  readonly forwardDeadLetteredMessagesTo?: string;
}

/**
 * Checks that new forwarding targets exist: the cloud requires that, while the model allows a target that is created
 * later. @throws AdministrationError
 */
export function assertForwarding(
  namespace: Namespace,
  address: string,
  description: Forwarding,
  current: Forwarding = {},
): void {
  if (description.forwardTo !== current.forwardTo) {
    assertTarget(namespace, address, 'ForwardTo', description.forwardTo);
  }
  if (description.forwardDeadLetteredMessagesTo !== current.forwardDeadLetteredMessagesTo) {
    assertTarget(
      namespace,
      address,
      'ForwardDeadLetteredMessagesTo',
      description.forwardDeadLetteredMessagesTo,
    );
  }
}

function assertTarget(
  namespace: Namespace,
  address: string,
  property: string,
  target: string | undefined,
): void {
  if (target === undefined) return;
  if (target.toLowerCase() === address.toLowerCase()) {
    throw badRequest(`The ${property} of '${address}' is '${address}' itself.`);
  }
  if (!namespace.entity(target)) {
    throw badRequest(`The ${property} of '${address}' is '${target}': there is no such queue or topic.`);
  }
}

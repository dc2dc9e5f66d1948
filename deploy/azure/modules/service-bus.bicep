@description('Part of the host name, so unique in the world.')
param name string
param location string
param tags object

@allowed(['Standard', 'Premium'])
param sku string

@allowed(['Enabled', 'Disabled'])
param publicNetworkAccess string

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: sku
    tier: sku
    // Messaging units, which Premium alone has.
    capacity: sku == 'Premium' ? 1 : null
  }
  properties: {
    // Entra ID only: there is no connection string that could get lost.
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: publicNetworkAccess
  }
}

resource queues 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [
  for queue in loadJsonContent('../queues.json'): {
    parent: namespace
    name: queue.name
    properties: queue.properties
  }
]

output name string = namespace.name
output host string = '${namespace.name}.servicebus.windows.net'

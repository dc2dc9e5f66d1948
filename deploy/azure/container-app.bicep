// One app in Azure Container Apps. `azd deploy` applies it for each service, from the .bicepparam of its name, when
// the image has been pushed: the app and its image change together, in one revision.
@description('One of those in apps.json.')
param app string
param image string

@description('Host name.')
param serviceBusNamespace string

@description('Host name.')
param registry string

@secure()
@description('As the variable HTTP_API_KEYS takes them.')
param httpApiKeys string

param location string = resourceGroup().location

var settings = first(filter(loadJsonContent('apps.json'), item => item.name == app))!

resource environment 'Microsoft.App/managedEnvironments@2025-01-01' existing = {
  name: 'container-apps'
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: app
}

resource scaler 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: 'service-bus-scaler'
}

resource puller 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: 'image-puller'
}

var queueRule = {
  name: 'queue-length'
  custom: {
    type: 'azure-servicebus'
    identity: scaler.id
    metadata: {
      namespace: split(serviceBusNamespace, '.')[0]
      queueName: settings.scalesOn
      messageCount: string(settings.messagesPerReplica)
    }
  }
}

var httpRule = {
  name: 'http'
  http: {
    metadata: { concurrentRequests: '100' }
  }
}

resource containerApp 'Microsoft.App/containerApps@2025-01-01' = {
  name: app
  location: location
  tags: { 'azd-service-name': app }
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
      '${scaler.id}': {}
      '${puller.id}': {}
    }
  }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      registries: [{ server: registry, identity: puller.id }]
      // These two are for the platform: the code in the container gets no token of them.
      identitySettings: [
        { identity: scaler.id, lifecycle: 'None' }
        { identity: puller.id, lifecycle: 'None' }
      ]
      // Where nobody can call it, there is no key to keep.
      secrets: settings.ingress ? [{ name: 'http-api-keys', value: httpApiKeys }] : []
      ingress: settings.ingress ? { external: true, targetPort: 3000, transport: 'http', allowInsecure: false } : null
    }
    template: {
      // Longer than the 40 s that a stop takes at most.
      terminationGracePeriodSeconds: 60
      containers: [
        {
          name: 'service'
          image: image
          resources: { cpu: json('0.5'), memory: '1Gi' }
          env: [
            { name: 'NODE_ENV', value: 'production' }
            { name: 'APPS', value: app }
            { name: 'SERVICE_BUS_NAMESPACE', value: serviceBusNamespace }
            // Which of its identities the process signs in with.
            { name: 'AZURE_CLIENT_ID', value: identity.properties.clientId }
            settings.ingress ? { name: 'HTTP_API_KEYS', secretRef: 'http-api-keys' } : { name: 'HTTP_AUTH', value: 'none' }
            // The ingress adds the caller's address.
            { name: 'HTTP_TRUST_PROXY', value: settings.ingress ? '1' : '0' }
          ]
          probes: [
            {
              type: 'Startup'
              httpGet: { path: '/health/live', port: 3000 }
              periodSeconds: 5
              timeoutSeconds: 3
              failureThreshold: 10
            }
            {
              type: 'Liveness'
              httpGet: { path: '/health/live', port: 3000 }
              periodSeconds: 10
              timeoutSeconds: 5
              failureThreshold: 3
            }
            {
              type: 'Readiness'
              httpGet: { path: '/health/ready', port: 3000 }
              periodSeconds: 5
              timeoutSeconds: 5
              failureThreshold: 2
            }
          ]
        }
      ]
      scale: {
        minReplicas: settings.minReplicas
        maxReplicas: settings.maxReplicas
        pollingInterval: 15
        rules: settings.ingress ? [queueRule, httpRule] : [queueRule]
      }
    }
  }
}

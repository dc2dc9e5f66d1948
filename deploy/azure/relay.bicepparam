using 'container-app.bicep'

param app = 'relay'
param image = readEnvironmentVariable('SERVICE_RELAY_IMAGE_NAME')
param serviceBusNamespace = readEnvironmentVariable('SERVICE_BUS_NAMESPACE')
param registry = readEnvironmentVariable('AZURE_CONTAINER_REGISTRY_ENDPOINT')
param httpApiKeys = readEnvironmentVariable('HTTP_API_KEYS')

package io.github.kmsrotation.s3;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.DeleteBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketEncryptionResponse;
import software.amazon.awssdk.services.s3.model.DeleteBucketReplicationRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketReplicationResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.GetBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.GetBucketEncryptionResponse;
import software.amazon.awssdk.services.s3.model.GetBucketLifecycleConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketLifecycleConfigurationResponse;
import software.amazon.awssdk.services.s3.model.GetBucketOwnershipControlsRequest;
import software.amazon.awssdk.services.s3.model.GetBucketOwnershipControlsResponse;
import software.amazon.awssdk.services.s3.model.GetBucketPolicyRequest;
import software.amazon.awssdk.services.s3.model.GetBucketPolicyResponse;
import software.amazon.awssdk.services.s3.model.GetBucketReplicationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketReplicationResponse;
import software.amazon.awssdk.services.s3.model.GetBucketRequestPaymentRequest;
import software.amazon.awssdk.services.s3.model.GetBucketRequestPaymentResponse;
import software.amazon.awssdk.services.s3.model.GetBucketVersioningRequest;
import software.amazon.awssdk.services.s3.model.GetBucketVersioningResponse;
import software.amazon.awssdk.services.s3.model.GetObjectAclRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAclResponse;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesResponse;
import software.amazon.awssdk.services.s3.model.GetObjectLockConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetObjectLockConfigurationResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingResponse;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadBucketResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListBucketInventoryConfigurationsRequest;
import software.amazon.awssdk.services.s3.model.ListBucketInventoryConfigurationsResponse;
import software.amazon.awssdk.services.s3.model.ListBucketsRequest;
import software.amazon.awssdk.services.s3.model.ListBucketsResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectAnnotationsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectAnnotationsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.PutBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.PutBucketEncryptionResponse;
import software.amazon.awssdk.services.s3.model.PutBucketReplicationRequest;
import software.amazon.awssdk.services.s3.model.PutBucketReplicationResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UpdateObjectEncryptionRequest;
import software.amazon.awssdk.services.s3.model.UpdateObjectEncryptionResponse;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** Calls by the asynchronous client, each waited for. */
record AsyncS3(S3AsyncClient client) implements S3Api {

  @Override
  public Region region() {
    return client.serviceClientConfiguration().region();
  }

  @Override
  public HeadBucketResponse headBucket(HeadBucketRequest request) {
    return await(client.headBucket(request));
  }

  @Override
  public GetBucketEncryptionResponse getBucketEncryption(GetBucketEncryptionRequest request) {
    return await(client.getBucketEncryption(request));
  }

  @Override
  public PutBucketEncryptionResponse putBucketEncryption(PutBucketEncryptionRequest request) {
    return await(client.putBucketEncryption(request));
  }

  @Override
  public DeleteBucketEncryptionResponse deleteBucketEncryption(
      DeleteBucketEncryptionRequest request) {
    return await(client.deleteBucketEncryption(request));
  }

  @Override
  public GetBucketPolicyResponse getBucketPolicy(GetBucketPolicyRequest request) {
    return await(client.getBucketPolicy(request));
  }

  @Override
  public GetBucketVersioningResponse getBucketVersioning(GetBucketVersioningRequest request) {
    return await(client.getBucketVersioning(request));
  }

  @Override
  public GetObjectLockConfigurationResponse getObjectLockConfiguration(
      GetObjectLockConfigurationRequest request) {
    return await(client.getObjectLockConfiguration(request));
  }

  @Override
  public GetBucketRequestPaymentResponse getBucketRequestPayment(
      GetBucketRequestPaymentRequest request) {
    return await(client.getBucketRequestPayment(request));
  }

  @Override
  public ListObjectVersionsResponse listObjectVersions(ListObjectVersionsRequest request) {
    return await(client.listObjectVersions(request));
  }

  @Override
  public HeadObjectResponse headObject(HeadObjectRequest request) {
    return await(client.headObject(request));
  }

  @Override
  public UpdateObjectEncryptionResponse updateObjectEncryption(
      UpdateObjectEncryptionRequest request) {
    return await(client.updateObjectEncryption(request));
  }

  @Override
  public DeleteObjectResponse deleteObject(DeleteObjectRequest request) {
    return await(client.deleteObject(request));
  }

  @Override
  public CopyObjectResponse copyObject(CopyObjectRequest request) {
    return await(client.copyObject(request));
  }

  @Override
  public GetObjectAclResponse getObjectAcl(GetObjectAclRequest request) {
    return await(client.getObjectAcl(request));
  }

  @Override
  public CreateMultipartUploadResponse createMultipartUpload(CreateMultipartUploadRequest request) {
    return await(client.createMultipartUpload(request));
  }

  @Override
  public UploadPartResponse uploadPart(UploadPartRequest request, byte[] body) {
    return await(client.uploadPart(request, AsyncRequestBody.fromBytes(body)));
  }

  @Override
  public UploadPartCopyResponse uploadPartCopy(UploadPartCopyRequest request) {
    return await(client.uploadPartCopy(request));
  }

  @Override
  public CompleteMultipartUploadResponse completeMultipartUpload(
      CompleteMultipartUploadRequest request) {
    return await(client.completeMultipartUpload(request));
  }

  @Override
  public AbortMultipartUploadResponse abortMultipartUpload(AbortMultipartUploadRequest request) {
    return await(client.abortMultipartUpload(request));
  }

  @Override
  public ListMultipartUploadsResponse listMultipartUploads(ListMultipartUploadsRequest request) {
    return await(client.listMultipartUploads(request));
  }

  @Override
  public ListPartsResponse listParts(ListPartsRequest request) {
    return await(client.listParts(request));
  }

  @Override
  public GetObjectTaggingResponse getObjectTagging(GetObjectTaggingRequest request) {
    return await(client.getObjectTagging(request));
  }

  @Override
  public GetObjectAttributesResponse getObjectAttributes(GetObjectAttributesRequest request) {
    return await(client.getObjectAttributes(request));
  }

  @Override
  public ListObjectAnnotationsResponse listObjectAnnotations(ListObjectAnnotationsRequest request) {
    return await(client.listObjectAnnotations(request));
  }

  @Override
  public ListBucketsResponse listBuckets(ListBucketsRequest request) {
    return await(client.listBuckets(request));
  }

  @Override
  public GetBucketReplicationResponse getBucketReplication(GetBucketReplicationRequest request) {
    return await(client.getBucketReplication(request));
  }

  @Override
  public PutBucketReplicationResponse putBucketReplication(PutBucketReplicationRequest request) {
    return await(client.putBucketReplication(request));
  }

  @Override
  public DeleteBucketReplicationResponse deleteBucketReplication(
      DeleteBucketReplicationRequest request) {
    return await(client.deleteBucketReplication(request));
  }

  @Override
  public GetBucketLifecycleConfigurationResponse getBucketLifecycleConfiguration(
      GetBucketLifecycleConfigurationRequest request) {
    return await(client.getBucketLifecycleConfiguration(request));
  }

  @Override
  public GetBucketOwnershipControlsResponse getBucketOwnershipControls(
      GetBucketOwnershipControlsRequest request) {
    return await(client.getBucketOwnershipControls(request));
  }

  @Override
  public ListBucketInventoryConfigurationsResponse listBucketInventoryConfigurations(
      ListBucketInventoryConfigurationsRequest request) {
    return await(client.listBucketInventoryConfigurations(request));
  }

  @Override
  public byte[] getObject(GetObjectRequest request) {
    return await(client.getObject(request, AsyncResponseTransformer.toBytes())).asByteArray();
  }

  @Override
  public PutObjectResponse putObject(PutObjectRequest request, byte[] body) {
    return await(client.putObject(request, AsyncRequestBody.fromBytes(body)));
  }

  /** An interrupt aborts the call, as the client that blocks would have it. */
  private static <T> T await(CompletableFuture<T> call) {
    try {
      return call.get();
    } catch (InterruptedException e) {
      call.cancel(true);
      Thread.currentThread().interrupt();
      throw AbortedException.create("Interrupted while waiting for S3", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SdkException failure) {
        throw failure;
      }
      throw SdkClientException.create("The call failed in the client", e.getCause());
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
